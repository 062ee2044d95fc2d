/** A dialog or panel whose code is loaded when it is opened first, so that a first load has less of it. */
import { type ComponentType, useEffect, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { showError } from '../ui/toasts.ts'
import { canLoadPage } from './new-build.ts'

interface Closable {
  readonly onClose: () => void
}

/** The component shows nothing until its code is there. If that cannot be loaded, it says so and closes. */
export function loadLater<Props extends Closable>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null
  return function Later(props: Props) {
    const [Part, setPart] = useState(() => loaded)
    const { onClose } = props
    useEffect(() => {
      if (loaded !== null) return
      let isOpen = true
      whenReachable(load).then(
        part => {
          loaded = part
          if (isOpen) setPart(() => part)
        },
        error => {
          if (!isOpen) return
          showError(error)
          onClose()
        },
      )
      return () => {
        isOpen = false
      }
    }, [])
    return Part && <Part {...props} />
  }
}

/** A browser does not ask again for a script that could not be loaded. So nothing is asked for while the server is stopped. */
async function whenReachable<Part>(load: () => Promise<Part>): Promise<Part> {
  if (!(await canLoadPage()))
    throw new ApiError('ERR_NETWORK', 'The server cannot be reached, so this could not be opened.')
  return await load()
}
