/** Carries an export out: a download, or a job where the file is too large for one. */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import type { Service } from '../../api/records.ts'
import { saveFile } from '../../api/save-file.ts'
import { formatNumber } from '../../ui/format.ts'
import { showToast } from '../../ui/toasts.ts'
import { type ExportOptions, type ExportQuery, fileName, MAX_DOWNLOAD_ROWS } from './export-query.ts'
import { createExportJob, fetchExport } from './run-export.ts'

interface ExportRun {
  readonly service: Service
  readonly query: ExportQuery
  readonly rows: number
  readonly options: Pick<ExportOptions, 'format' | 'bom'>
}

export function useExport(onDone: () => void) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const navigate = useNavigate()
  const download = useRef<AbortController>(null)
  // Whoever closes the dialog does not want the file any more.
  useEffect(() => () => download.current?.abort(), [])

  async function run(what: ExportRun) {
    setBusy(true)
    setError(null)
    try {
      if (what.rows > MAX_DOWNLOAD_ROWS || !(await downloadFile(what))) await startJob(what)
      onDone()
    } catch (failure) {
      if ((failure as Error).name === 'AbortError') return
      setError(failure as Error)
      setBusy(false)
    }
  }

  /** Returns false if the server allows fewer rows. */
  async function downloadFile({ service, query, rows, options }: ExportRun): Promise<boolean> {
    download.current = new AbortController()
    try {
      const file = await fetchExport(service, query, options, download.current.signal)
      saveFile(file, fileName(service, options.format, new Date()))
      showToast(`${countRows(rows)} exported.`)
      return true
    } catch (failure) {
      if (failure instanceof ApiError && failure.code === 'ERR_EXPORT_TOO_LARGE') return false
      throw failure
    }
  }

  async function startJob({ service, query, rows, options }: ExportRun): Promise<void> {
    const open = await createExportJob(service, query, options)
    const showJob = () => void navigate({ to: '/jobs', search: { open } as never })
    showToast(`A job writes the file with ${countRows(rows)}. Download it there when the job is complete.`, {
      action: { label: 'Show job', run: showJob },
    })
  }
  return { run, isBusy, error }
}

export function countRows(rows: number): string {
  return `${formatNumber(rows)} ${rows === 1 ? 'row' : 'rows'}`
}
