import { useMemo } from 'react'
import { useExplore } from '../explore-context.ts'
import type { Names } from './describe.ts'
import { nameOf } from './field-groups.ts'
import { nameOfValue } from './value-names.ts'

export function useNames(): Names {
  const { filters } = useExplore()
  return useMemo(() => ({ field: key => nameOf(filters, key), value: nameOfValue }), [filters])
}
