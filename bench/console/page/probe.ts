/**
 * Runs in the page that is measured, from before its own scripts. The page gets the text of this function, so everything that it uses
 * is within.
 */
import type { Probe, ProbedPage, Shown } from '../probe.ts'

export function installProbe(): void {
  /** Without a long task or a change for this long, nothing follows. */
  const QUIET = 1500
  const SETTLED = 250
  const LISTS = '[data-panel] ul[aria-label^="Values of"]'

  interface LongTask {
    readonly start: number
    readonly duration: number
  }
  const longTasks: LongTask[] = []
  const keep = (entries: PerformanceEntryList) => {
    for (const { startTime, duration } of entries) longTasks.push({ start: startTime, duration })
  }
  const observer = new PerformanceObserver(list => keep(list.getEntries()))
  observer.observe({ type: 'longtask', buffered: true })

  let changedAt = 0
  const listeners = new Set<() => void>()
  new MutationObserver(() => {
    changedAt = performance.now()
    for (const listener of listeners) listener()
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })

  const find = (selector: string) => document.querySelector(selector)
  const findAll = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)]
  const pause = (milliseconds: number) => new Promise(done => setTimeout(done, milliseconds))

  /** The time at which the browser has drawn the page as it is now. */
  function drawn(): Promise<number> {
    return new Promise(resolve => {
      requestAnimationFrame(() => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () => resolve(performance.now())
        channel.port2.postMessage(null)
      })
    })
  }

  /** Resolves as soon as `condition` holds after a change of the page. */
  function changed(condition: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (!condition()) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
    })
  }

  const isBusy = (element: Element | null) => element?.getAttribute('aria-busy') !== 'false'
  const grid = () => find('[role="grid"]')
  const hasRows = () => find('[data-row]') !== null && find('[data-row] [aria-hidden="true"]') === null
  const isComplete = () => hasRows() && findAll('[role="grid"], [role="status"], ul').every(one => !isWaiting(one))
  const isWaiting = (element: Element) => element.getAttribute('aria-busy') === 'true'

  const rowsAt = changed(hasRows).then(drawn)

  /** The parts that a click makes busy until they show what it asks for. */
  function partsOf(shown: Shown, target: Element): readonly (() => Element | null)[] {
    if (shown === 'sorted') return [grid]
    const own = target.closest('ul')?.getAttribute('aria-label')
    const others = findAll(LISTS).flatMap(list => list.getAttribute('aria-label') ?? [])
    // The values of a field do not depend on its own condition.
    const lists = others.filter(label => label !== own).map(label => () => find(`ul[aria-label="${label}"]`))
    return [grid, () => find('[aria-label="Results"] [role="status"]'), ...lists]
  }

  const hasCounts = () => findAll(`${LISTS} label > span > :last-child`).every(count => count.textContent !== '')
  const hasRecord = () =>
    find('aside[aria-label="Contact"] h2') !== null && find('aside[aria-label="Contact"] [class*="skeleton"]') === null

  /** Resolves when each part was busy and is not any more. */
  function refreshed(parts: readonly (() => Element | null)[]): Promise<void> {
    const started = new Set<unknown>()
    return changed(() => {
      for (const part of parts) if (isBusy(part())) started.add(part)
      return started.size === parts.length && parts.every(part => !isBusy(part()))
    })
  }

  async function show(shown: Shown, target: Element): Promise<void> {
    if (shown === 'record') return await changed(hasRecord)
    await refreshed(partsOf(shown, target))
    await changed(() => hasRows() && hasCounts())
  }

  let clickTime: Promise<number> = Promise.reject(new Error('no click was expected'))
  clickTime.catch(() => {})

  function middleOf(element: Element | null | undefined) {
    if (!element) throw new Error('it is not on the page')
    element.scrollIntoView({ block: 'nearest' })
    const { left, top, width, height } = element.getBoundingClientRect()
    return { x: left + Math.min(width, 100) / 2, y: top + height / 2 }
  }

  const nameOf = (checkbox: Element) =>
    `${checkbox.closest('ul')!.getAttribute('aria-label')!.slice('Values of '.length)}: ${checkbox.closest('label')!.querySelector('[title]')!.getAttribute('title')}`
  const listBoxes = () => findAll(`${LISTS} input:not(:checked)`)

  let frames: number[] = []
  let isScrolling = false
  let scrolledFrom = 0

  const probe: Probe = {
    async interactive() {
      const shownAt = await rowsAt
      for (;;) {
        const last = Math.max(shownAt, ...longTasks.map(({ start, duration }) => start + duration))
        const left = last + QUIET - performance.now()
        if (left <= 0) return last
        await pause(left)
      }
    },
    async settled() {
      while (!isComplete() || performance.now() - changedAt < SETTLED) await pause(20)
    },
    expectClick(shown) {
      clickTime = new Promise<number>((resolve, reject) => {
        const onClick = ({ target, timeStamp }: Event) =>
          show(shown, target as Element)
            .then(drawn)
            .then(at => resolve(at - timeStamp), reject)
        document.addEventListener('click', onClick, { capture: true, once: true })
      })
    },
    clickTime: () => clickTime,
    listValues: () => listBoxes().map(nameOf),
    findValue: name => middleOf(listBoxes().find(checkbox => nameOf(checkbox) === name)),
    findHeader: column => middleOf(find(`[role="columnheader"][data-column="${column}"] button`)),
    findName: row => middleOf(find(`[data-row="${row}"] [data-open]`)),
    startScroll() {
      frames = []
      isScrolling = true
      scrolledFrom = performance.now()
      let before = scrolledFrom
      requestAnimationFrame(function next(at) {
        if (!isScrolling) return
        frames.push(at - before)
        before = at
        requestAnimationFrame(next)
      })
    },
    endScroll() {
      isScrolling = false
      keep(observer.takeRecords())
      const during = longTasks.filter(({ start }) => start >= scrolledFrom)
      // The first interval began at no frame.
      return { frames: frames.slice(1), longTasks: during.map(({ duration }) => duration) }
    },
  }
  Object.assign(globalThis, { connectraProbe: probe } satisfies ProbedPage)
}
