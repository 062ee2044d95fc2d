import { useNavigate } from '@tanstack/react-router'

/** Opens a file of the import room, from any room. */
export function useOpenItem(): (id: string) => void {
  const navigate = useNavigate()
  return id => void navigate({ to: '/import', search: { item: id } as never })
}
