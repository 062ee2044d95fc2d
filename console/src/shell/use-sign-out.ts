import { useNavigate } from '@tanstack/react-router'
import { signOut, useSession } from '../api/session.ts'

/** Signs out, and leaves the view: what it is filtered by is not for the next person. */
export function useSignOut(): () => void {
  const session = useSession()
  const navigate = useNavigate()
  return () => {
    signOut(session.data)
    void navigate({ to: '/', replace: true })
  }
}
