/**
 * Segments as a stream of bytes between two processes. Each segment is the length of its header (4 bytes, big-endian), the
 * header as JSON (`StreamedSegment`), and the bytes of the segment.
 */
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { SegmentData } from '../segment/segment.ts'

type StreamedSegment = Omit<SegmentData, 'buffer'> & { readonly bytes: number }

/** The number of bytes that are written to the stream at once. */
const PORTION = 2 ** 20

export async function writeSegment(stream: Writable, { buffer, ...rest }: SegmentData): Promise<void> {
  const header: StreamedSegment = { ...rest, bytes: buffer.byteLength }
  const line = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(line.length)
  stream.write(Buffer.concat([length, line]))
  for (let at = 0; at < buffer.byteLength; at += PORTION) {
    // Streams do not accept views of shared memory.
    const portion = Buffer.from(new Uint8Array(buffer, at, Math.min(PORTION, buffer.byteLength - at)))
    if (!stream.write(portion)) await once(stream, 'drain')
  }
}

/** Yields the segments of a stream until it ends. Throws if it ends within a segment. */
export async function* readSegments(stream: Readable): AsyncGenerator<SegmentData> {
  let head: Buffer = Buffer.alloc(0)
  let segment: SegmentData | null = null
  let filled = 0
  for await (const portion of stream as AsyncIterable<Buffer>) {
    let rest = portion
    while (rest.length > 0) {
      if (segment === null) {
        head = Buffer.concat([head, rest])
        rest = Buffer.alloc(0)
        const end = head.length < 4 ? 4 : 4 + head.readUInt32BE(0)
        if (head.length < end) break
        const { bytes, ...header } = JSON.parse(head.toString('utf8', 4, end)) as StreamedSegment
        segment = { ...header, buffer: new SharedArrayBuffer(bytes) }
        filled = 0
        rest = head.subarray(end)
        head = Buffer.alloc(0)
      }
      const taken = rest.subarray(0, segment.buffer.byteLength - filled)
      new Uint8Array(segment.buffer).set(taken, filled)
      filled += taken.length
      rest = rest.subarray(taken.length)
      if (filled < segment.buffer.byteLength) break
      yield segment
      segment = null
    }
  }
  if (segment !== null || head.length > 0) throw new Error('the stream of segments ended in the middle of a segment')
}
