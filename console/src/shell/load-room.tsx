/** Loads the code of a room. While the server cannot be reached, the room says so, and the rest of the page stays usable. */
import type { ComponentType } from 'react'
import { ApiError } from '../api/client.ts'
import { ErrorState } from '../ui/states.tsx'
import { canLoadPage } from './new-build.ts'

interface RoomCode {
  readonly default: ComponentType
}

/** Rejects if the server can be reached but does not have the code, because the console was built again. */
export async function loadRoom(load: () => Promise<RoomCode>): Promise<RoomCode> {
  try {
    return await load()
  } catch (error) {
    if (await canLoadPage()) throw error
    return { default: MissingRoom }
  }
}

const UNREACHABLE = new ApiError(
  'ERR_NETWORK',
  'The server cannot be reached, so this page could not be loaded. Check that it is running, then try again.',
)

function MissingRoom() {
  return <ErrorState error={UNREACHABLE} onRetry={() => void reloadIfReachable()} />
}

/** The address holds the view. Nothing of this room is open that could be lost. */
async function reloadIfReachable(): Promise<void> {
  if (await canLoadPage()) window.location.reload()
}
