/** What modules of the console take from the browser, for tests without one. To be imported first. */

class MemoryStorage implements Storage {
  readonly #values = new Map<string, string>()
  readonly [name: string]: unknown

  get length() {
    return this.#values.size
  }

  key(index: number) {
    return [...this.#values.keys()][index] ?? null
  }

  getItem(name: string) {
    return this.#values.get(name) ?? null
  }

  setItem(name: string, value: string) {
    this.#values.set(name, value)
  }

  removeItem(name: string) {
    this.#values.delete(name)
  }

  clear() {
    this.#values.clear()
  }
}

Object.assign(globalThis, {
  window: globalThis,
  sessionStorage: new MemoryStorage(),
  localStorage: new MemoryStorage(),
})
const target = new EventTarget()
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const)
  Object.assign(globalThis, { [name]: target[name].bind(target) })
