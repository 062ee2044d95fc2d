/** A growable list of unsigned 32-bit integers: 4 bytes each. A JavaScript array takes 8 and creates garbage as it grows. */
export interface NumberList {
  push(number: number): void
  at(index: number): number
  length(): number
  /** A copy with exactly the elements of the list. */
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
