/**
 * The console in a real browser on a real server. All journeys share one server and one browser, because starting them takes
 * longer than a journey. Each file in `journeys` has those of one part. CONNECTRA_SCREENSHOTS names a folder for screenshots.
 */
import { after, test } from 'node:test'
import { chromium } from 'playwright-core'
import { findBrowser } from '../../../bench/console/browser/find-browser.ts'
import { startConsoleServer } from './console-server.ts'
import { addressJourneys } from './journeys/addresses.ts'
import { exportJobJourneys } from './journeys/export-jobs.ts'
import { frameJourneys } from './journeys/frame.ts'
import { groupJourneys } from './journeys/groups.ts'
import { healthJourneys } from './journeys/health.ts'
import { hostileJourneys } from './journeys/hostile.ts'
import { importJourneys } from './journeys/import.ts'
import { compressedFileJourneys } from './journeys/import-compressed.ts'
import { importFileJourneys } from './journeys/import-files.ts'
import { jobJourneys } from './journeys/jobs.ts'
import { keyJourneys } from './journeys/keys.ts'
import { listJourneys } from './journeys/lists.ts'
import { newBuildJourneys } from './journeys/new-build.ts'
import { outageJourneys } from './journeys/outage.ts'
import { overviewJourneys } from './journeys/overview.ts'
import { paletteJourneys } from './journeys/palette.ts'
import { editJourneys } from './journeys/record/edits.ts'
import { searchJourneys } from './journeys/search.ts'
import { sharedViewJourneys } from './journeys/shared-views.ts'
import { signInJourneys } from './journeys/sign-in.ts'
import { takeScreenshots } from './screenshots.ts'
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

/** Those that store records come last. */
const JOURNEYS = [
  signInJourneys,
  newBuildJourneys,
  overviewJourneys,
  paletteJourneys,
  frameJourneys,
  keyJourneys,
  healthJourneys,
  searchJourneys,
  groupJourneys,
  addressJourneys,
  sharedViewJourneys,
  exportJobJourneys,
  importJourneys,
  importFileJourneys,
  compressedFileJourneys,
  outageJourneys,
  jobJourneys,
  hostileJourneys,
  listJourneys,
  editJourneys,
]

for (const journeys of JOURNEYS) {
  for (const [name, run] of Object.entries(journeys)) test(name, () => run(stage))
}

const screenshots = process.env.CONNECTRA_SCREENSHOTS
if (screenshots) test('Screenshots of every view', () => takeScreenshots(stage, screenshots))
