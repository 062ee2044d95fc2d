/** The size of an intersection of two bitsets, with SIMD in WebAssembly. */

/**
 * Compiled from this source by `wat2wasm --enable-threads`:
 *
 *   (module
 *     (import "kernels" "memory" (memory 8 8 shared))
 *     ;; The number of bits that are set in both of two bitsets, from $a to $end and from $b on. 16 bytes per step.
 *     (func (export "countCommon") (param $a i32) (param $b i32) (param $end i32) (result i32)
 *       (local $bytes v128) (local $sums v128)
 *       (loop $next
 *         (local.set $bytes (i8x16.popcnt (v128.and (v128.load (local.get $a)) (v128.load (local.get $b)))))
 *         (local.set $sums (i32x4.add (local.get $sums)
 *           (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $bytes)))))
 *         (local.set $a (i32.add (local.get $a) (i32.const 16)))
 *         (local.set $b (i32.add (local.get $b) (i32.const 16)))
 *         (br_if $next (i32.lt_u (local.get $a) (local.get $end))))
 *       (i32.add
 *         (i32.add (i32x4.extract_lane 0 (local.get $sums)) (i32x4.extract_lane 1 (local.get $sums)))
 *         (i32.add (i32x4.extract_lane 2 (local.get $sums)) (i32x4.extract_lane 3 (local.get $sums))))))
 */
const MODULE =
  'AGFzbQEAAAABCAFgA39/fwF/AhQBB2tlcm5lbHMGbWVtb3J5AgMICAMCAQAHDwELY291bnRDb21tb24AAApUAVIBAnsDQCAA/QAEACAB/QAEAP' +
  '1O/WIhAyAEIAP9ff1//a4BIQQgAEEQaiEAIAFBEGohASAAIAJJDQALIAT9GwAgBP0bAWogBP0bAiAE/RsDamoL'

/** What is used of it. TypeScript declares it together with the DOM only. */
declare const WebAssembly: {
  readonly Memory: new (options: { initial: number; maximum: number; shared: true }) => { buffer: SharedArrayBuffer }
  instantiate(module: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>
}

/** Bytes of a page of WebAssembly's memory, and the number of pages that the module declares. */
const PAGE = 65_536
const PAGES = 8

export interface CountCommon {
  /** The number of bits that are set in both of the copied sets. */
  countCommon(): number
  /** Copies both sets into the memory of WebAssembly. */
  copy(): void
}

/** `a` and `b` have the same length. Throws RangeError if they do not fit into the memory. */
export async function instantiate(a: Int32Array, b: Int32Array): Promise<CountCommon> {
  // Whole steps of 16 bytes. What follows a set is 0.
  const bytes = Math.ceil(a.byteLength / 16) * 16
  if (2 * bytes > PAGE * PAGES) throw new RangeError('the sets do not fit into the memory; use fewer --contacts')
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true })
  const imports = { kernels: { memory } }
  const { instance } = await WebAssembly.instantiate(Buffer.from(MODULE, 'base64'), imports)
  const countCommon = instance.exports.countCommon as (a: number, b: number, end: number) => number
  const words = new Int32Array(memory.buffer)
  const copy = () => {
    words.set(a, 0)
    words.set(b, bytes / 4)
  }
  copy()
  return { countCommon: () => countCommon(0, bytes, bytes), copy }
}
