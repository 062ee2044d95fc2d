/** Downloads a file at once, or leaves it to a job. */
import { api, take } from '../../api/client.ts'
import type { components } from '../../api/schema.d.ts'
import type { Service } from '../../api/services.ts'
import { type ExportOptions, type ExportQuery, measureSample, SAMPLE_ROWS, type Sample } from './export-query.ts'

type Schemas = components['schemas']
type FileOptions = Pick<ExportOptions, 'format' | 'bom'>

export async function fetchExport(
  service: Service,
  query: ExportQuery,
  { format, bom }: FileOptions,
  signal?: AbortSignal,
): Promise<Blob> {
  const options = {
    params: { query: { format, ...(format === 'csv' && bom && { bom }) } },
    parseAs: 'blob',
    signal: signal ?? null,
  } as const
  // A connection that is cut off rejects, so a file is never saved in part.
  return service === 'contact'
    ? await take(api.POST('/contacts/export', { body: query as Schemas['ContactExportQuery'], ...options }))
    : await take(api.POST('/companies/export', { body: query as Schemas['CompanyExportQuery'], ...options }))
}

/** The first rows of the file. */
export async function fetchSample(
  service: Service,
  query: ExportQuery,
  options: FileOptions,
  signal?: AbortSignal,
): Promise<Sample> {
  const limit = Math.min(SAMPLE_ROWS, query.limit ?? SAMPLE_ROWS)
  const file = await fetchExport(service, { ...query, limit }, options, signal)
  return measureSample(new Uint8Array(await file.arrayBuffer()), options.format)
}

/** Returns the uuid of the job. */
export async function createExportJob(
  service: Service,
  query: ExportQuery,
  { format, bom }: FileOptions,
): Promise<string> {
  const job_data = {
    service,
    vql: query,
    format,
    ...(format === 'csv' && bom && { bom }),
  } as Schemas['NewExport']['job_data']
  const reply = await take(api.POST('/common/jobs/create', { body: { job_type: 'export_csv_file', job_data } }))
  return reply.data.uuid
}
