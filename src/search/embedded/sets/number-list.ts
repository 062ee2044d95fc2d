/** A growing list of unsigned 32-bit numbers: 4 bytes each, where an array of JavaScript takes 8 and its growth makes garbage. */
export interface NumberList {
  push(number: number): void
  at(index: number): number
  length(): number
  /** A copy, no longer than the list. */
  toArray(): Uint32Array<ArrayBuffer>
  clear(): void
}

export function createNumberList(): NumberList {
  let numbers = new Uint32Array(16)
  let length = 0
  return {
    push(number) {
      if (length === numbers.length) {
        const larger = new Uint32Array(2 * length)
        larger.set(numbers)
        numbers = larger
      }
      numbers[length++] = number
    },
    at: index => numbers[index],
    length: () => length,
    toArray: () => numbers.slice(0, length),
    clear() {
      numbers = new Uint32Array(16)
      length = 0
    },
  }
}
