/** Caches what is computed from two immutable objects. An entry lives as long as both objects do. */
export interface PairCache<A extends object, B extends object, T> {
  /** Computes the result on the first call. */
  get(a: A, b: B): T
  has(a: A, b: B): boolean
  /** Stores a result that was computed elsewhere. */
  provide(a: A, b: B, result: T): void
}

export function cacheByPair<A extends object, B extends object, T>(compute: (a: A, b: B) => T): PairCache<A, B, T> {
  const cache = new WeakMap<A, WeakMap<B, { readonly result: T }>>()
  const provide = (a: A, b: B, result: T) => {
    let own = cache.get(a)
    if (own === undefined) {
      own = new WeakMap()
      cache.set(a, own)
    }
    own.set(b, { result })
  }
  return {
    get(a, b) {
      const entry = cache.get(a)?.get(b)
      if (entry !== undefined) return entry.result
      const result = compute(a, b)
      provide(a, b, result)
      return result
    },
    has: (a, b) => cache.get(a)?.has(b) ?? false,
    provide,
  }
}
