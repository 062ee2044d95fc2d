/**
 * Caches a result computed from two immutable objects. An entry lives as long as both objects do.
 */
export function cacheByPair<A extends object, B extends object, T>(compute: (a: A, b: B) => T): (a: A, b: B) => T {
  const cache = new WeakMap<A, WeakMap<B, { readonly result: T }>>()
  return (a, b) => {
    let own = cache.get(a)
    if (own === undefined) {
      own = new WeakMap()
      cache.set(a, own)
    }
    let entry = own.get(b)
    if (entry === undefined) {
      entry = { result: compute(a, b) }
      own.set(b, entry)
    }
    return entry.result
  }
}
