/** What the server makes of an uploaded file, asked again at every change of the mapping, and the first rows as they stand in it. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { api, take } from '../../api/client.ts'
import { fetchBeginning, readAtMost } from '../../jobs/job/files.ts'
import { useDebounced } from '../../shell/use-debounced.ts'
import { PREVIEW_ROWS, type Preview, type PreviewRequest } from '../columns/preview.ts'
import { decodeSample, readSample, type Sample } from '../columns/sample.ts'
import type { ImportItem } from '../items/import-items.ts'
import { importData } from '../items/import-store.ts'

interface PreviewState {
  readonly preview: Preview | undefined
  readonly error: Error | null
  /** The preview shown is of an earlier mapping. */
  readonly isChecking: boolean
  readonly retry: () => void
}

const TYPING_PAUSE = 200

export function usePreview(item: ImportItem): PreviewState {
  const wanted = JSON.stringify({ ...importData(item), rows: PREVIEW_ROWS })
  const settled = useDebounced(wanted, TYPING_PAUSE)
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['preview', settled],
    // An outdated request is cancelled: its key is no longer used.
    queryFn: async ({ signal }) => {
      const body: PreviewRequest = JSON.parse(settled)
      return (await take(api.POST('/common/imports/preview', { body, signal }))).data
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    enabled: item.s3Key !== null,
  })
  const isChecking = isFetching || wanted !== settled
  // The table to correct the mapping in must not vanish while the correction is checked.
  const lastError = useRef<Error | null>(null)
  if (error !== null || data !== undefined) lastError.current = error
  const shownError = error ?? (data === undefined && isChecking ? lastError.current : null)
  return { preview: data, error: shownError, isChecking, retry: () => void refetch() }
}

/** Bytes: of the file, and after decompression. */
const SAMPLE = 256 << 10
const EXPANDED = 1 << 20

/**
 * Null where there is none: the file is in a zip archive, or in an encoding that the browser does not know. `preview` undefined:
 * the server could not read the file, and the sample is a guess.
 */
export function useSample({ s3Key, encoding }: ImportItem, preview: Preview | undefined): Sample | null {
  const { data } = useQuery({
    queryKey: ['sample', s3Key],
    queryFn: async ({ signal }) => expand(await fetchBeginning(s3Key!, SAMPLE, signal)),
    enabled: s3Key !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const found = preview?.encoding ?? encoding
  const { delimiter, header_line, columns_total } = preview ?? {}
  return useMemo(() => {
    if (data == null) return null
    const text = decodeSample(data.bytes, found)
    if (text === null) return null
    const isDescribed = delimiter !== undefined && header_line !== undefined && columns_total !== undefined
    const hints = isDescribed ? { delimiter, headerLine: header_line, columns: columns_total } : null
    return readSample(text, data.isWhole, hints)
  }, [data, found, delimiter, header_line, columns_total])
}

async function expand({ bytes, isWhole }: Awaited<ReturnType<typeof fetchBeginning>>) {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
  if (isZip) return null
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  if (!isGzip) return { bytes, isWhole }
  const expanded = await readAtMost(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')), EXPANDED)
  return { bytes: expanded, isWhole: isWhole && expanded.length < EXPANDED }
}
