/**
 * The rooms of the console, in the order of the navigation. To add one: a folder with a component as default export, and a line
 * here. Its code is loaded when it is opened first.
 */
import type { ComponentType } from 'react'
import type { IconName } from './ui/icon.tsx'

export interface Room {
  readonly path: `/${string}`
  readonly label: string
  readonly icon: IconName
  /** The second key of its shortcut: `g` and then this. */
  readonly shortcut: string
  /** Shown to holders of an admin key only. */
  readonly admin?: boolean
  readonly load: () => Promise<{ readonly default: ComponentType }>
}

export const ROOMS: readonly Room[] = [
  { path: '/overview', label: 'Overview', icon: 'chart', shortcut: 'o', load: () => import('./overview/overview.tsx') },
  { path: '/contacts', label: 'Contacts', icon: 'person', shortcut: 'c', load: () => import('./explore/contacts.tsx') },
  {
    path: '/companies',
    label: 'Companies',
    icon: 'building',
    shortcut: 'b',
    load: () => import('./explore/companies.tsx'),
  },
  { path: '/import', label: 'Import', icon: 'upload', shortcut: 'i', load: () => import('./import/import.tsx') },
  { path: '/jobs', label: 'Jobs', icon: 'jobs', shortcut: 'j', load: () => import('./jobs/jobs.tsx') },
  { path: '/health', label: 'Health', icon: 'pulse', shortcut: 'h', load: () => import('./health/health.tsx') },
  // Last, so that nothing moves when the session turns out to be an admin's.
  { path: '/keys', label: 'API keys', icon: 'key', shortcut: 'k', admin: true, load: () => import('./keys/keys.tsx') },
]
