/**
 * What is worked out of two objects that never change, kept for as long as both are there: asked again, it is the same answer.
 */
export function keptWithPair<A extends object, B extends object, T>(workOut: (a: A, b: B) => T): (a: A, b: B) => T {
  const kept = new WeakMap<A, WeakMap<B, { readonly result: T }>>()
  return (a, b) => {
    let own = kept.get(a)
    if (own === undefined) {
      own = new WeakMap()
      kept.set(a, own)
    }
    let entry = own.get(b)
    if (entry === undefined) {
      entry = { result: workOut(a, b) }
      own.set(b, entry)
    }
    return entry.result
  }
}
