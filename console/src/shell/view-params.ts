/**
 * The state of a view in its address (`#/contacts?order=…`), so that a link, a bookmark and "back" restore it. Values are JSON;
 * the router serialises them.
 */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

export type Params = Readonly<Record<string, unknown>>

/**
 * Returns what `parse` makes of the parameters, and a function that changes some of them. `undefined` removes one. `parse` gets
 * anything that a person may have typed, and must return something usable; it should be a constant function.
 */
export function useViewParams<State>(parse: (params: Params) => State): readonly [State, SetParams] {
  const params = useSearch({ strict: false }) as Params
  const navigate = useNavigate()
  const setParams = useCallback<SetParams>(
    (changes, { replace = false } = {}) => {
      const search = (before: Params) => withoutUndefined({ ...before, ...changes })
      void navigate({ to: '.', search: search as never, replace })
    },
    [navigate],
  )
  return [parse(params), setParams]
}

/** `replace`: "back" skips the change, as for every letter that is typed. */
type SetParams = (changes: Params, options?: { readonly replace?: boolean }) => void

function withoutUndefined(params: Params): Params {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined))
}
