/**
 * Several sorted dictionaries into one. They are laid end to end and sorted by `sortTerms`, which was faster than
 * walking their heads and simpler: comparing numbers made of four bytes beats comparing strings byte by byte.
 */
import type { TermBytes } from './column-arrays.ts'
import { sortTerms } from './sort-terms.ts'
import type { Terms } from './terms.ts'

export interface MergeInput {
  readonly terms: Terms
  /** 1 for the terms that go on, 0 for those that nothing uses any more. */
  readonly used: Uint8Array
}

export interface MergedTerms {
  readonly terms: TermBytes
  /** Per term of the result one input that had it, and its ordinal there. */
  readonly inputs: Uint16Array
  readonly ordinals: Uint32Array
  /** Per input: from its ordinals to those of the result. Unused ones mean nothing. */
  readonly renumbered: readonly Uint32Array[]
}

export function mergeTerms(inputs: readonly MergeInput[]): MergedTerms {
  const laid = layEndToEnd(inputs)
  const order = sortTerms(laid.blob, laid.offsets)
  const renumbered = inputs.map(({ terms }) => new Uint32Array(terms.size))
  const blob = new Uint8Array(laid.blob.length)
  const offsets = new Uint32Array(order.length + 1)
  const fromInputs = new Uint16Array(order.length)
  const fromOrdinals = new Uint32Array(order.length)
  let count = 0
  let end = 0
  for (let rank = 0; rank < order.length; rank++) {
    const term = order[rank]
    if (rank === 0 || !equal(laid, order[rank - 1], term)) {
      for (let place = laid.offsets[term]; place < laid.offsets[term + 1]; place++) blob[end++] = laid.blob[place]
      fromInputs[count] = laid.inputs[term]
      fromOrdinals[count] = laid.ordinals[term]
      offsets[++count] = end
    }
    renumbered[laid.inputs[term]][laid.ordinals[term]] = count - 1
  }
  return {
    terms: { blob: blob.slice(0, end), offsets: offsets.slice(0, count + 1) },
    inputs: fromInputs.slice(0, count),
    ordinals: fromOrdinals.slice(0, count),
    renumbered,
  }
}

interface Laid {
  readonly blob: Uint8Array
  readonly offsets: Uint32Array
  readonly inputs: Uint16Array
  readonly ordinals: Uint32Array
}

function layEndToEnd(inputs: readonly MergeInput[]): Laid {
  let count = 0
  let bytes = 0
  for (const { terms, used } of inputs) {
    for (let ordinal = 0; ordinal < terms.size; ordinal++) {
      if (used[ordinal] === 0) continue
      count++
      bytes += terms.offsets[ordinal + 1] - terms.offsets[ordinal]
    }
  }
  const blob = new Uint8Array(bytes)
  const offsets = new Uint32Array(count + 1)
  const fromInputs = new Uint16Array(count)
  const fromOrdinals = new Uint32Array(count)
  let term = 0
  let end = 0
  inputs.forEach(({ terms, used }, input) => {
    let ordinal = 0
    while (ordinal < terms.size) {
      if (used[ordinal] === 0) {
        ordinal++
        continue
      }
      // Neighbours are copied together.
      const start = terms.offsets[ordinal]
      const shift = end - start
      while (ordinal < terms.size && used[ordinal] !== 0) {
        fromInputs[term] = input
        fromOrdinals[term] = ordinal++
        offsets[++term] = terms.offsets[ordinal] + shift
      }
      blob.set(terms.blob.subarray(start, terms.offsets[ordinal]), end)
      end = offsets[term]
    }
  })
  return { blob, offsets, inputs: fromInputs, ordinals: fromOrdinals }
}

function equal({ blob, offsets }: Laid, a: number, b: number): boolean {
  const length = offsets[a + 1] - offsets[a]
  if (offsets[b + 1] - offsets[b] !== length) return false
  const x = offsets[a]
  const y = offsets[b]
  // From the back: neighbours in the order differ there.
  for (let place = length - 1; place >= 0; place--) if (blob[x + place] !== blob[y + place]) return false
  return true
}

/** The same for sorted numbers. */
export function mergeNumbers(inputs: readonly Float64Array[], used: readonly Uint8Array[]) {
  const all = inputs.flatMap((numbers, input) => [...numbers.filter((_, ordinal) => used[input][ordinal] !== 0)])
  const sorted = Float64Array.from(all).sort()
  const numbers = sorted.filter((number, index) => index === 0 || number !== sorted[index - 1])
  const renumbered = inputs.map(own => {
    let place = 0
    return Uint32Array.from(own, number => {
      while (place < numbers.length && numbers[place] < number) place++
      return place
    })
  })
  return { numbers, renumbered }
}
