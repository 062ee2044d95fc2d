import { loadLater } from '../../shell/load-later.tsx'

export const ExportDialog = loadLater(async () => (await import('./export-dialog.tsx')).ExportDialog)
