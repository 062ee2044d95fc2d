/**
 * The console in a real browser on a real server. All journeys share one server and one browser, because starting them takes
 * longer than a journey. Each journey is a file in `journeys`.
 */
import { after, test } from 'node:test'
import { chromium } from 'playwright-core'
import { startConsoleServer } from './console-server.ts'
import { findBrowser } from './find-browser.ts'
import { healthJourneys } from './journeys/health.ts'
import { keyJourneys } from './journeys/keys.ts'
import { overviewJourneys } from './journeys/overview.ts'
import { paletteJourneys } from './journeys/palette.ts'
import { signInJourneys } from './journeys/sign-in.ts'
import { setStage } from './stage.ts'

const closing: (() => Promise<void>)[] = []
after(async () => {
  for (const close of closing.reverse()) await close()
})

const server = await startConsoleServer()
closing.push(() => server.stopWorker())
const browser = await chromium.launch(await findBrowser())
closing.push(() => browser.close())
const stage = await setStage(server, browser)

const JOURNEYS = [signInJourneys, overviewJourneys, paletteJourneys, keyJourneys, healthJourneys]

for (const journeys of JOURNEYS) {
  for (const [name, run] of Object.entries(journeys)) test(name, () => run(stage))
}
