/** The providers and the router. Addresses are after `#`, so they never meet the paths of the API. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  RouterProvider,
  redirect,
} from '@tanstack/react-router'
import { ApiError } from './api/client.ts'
import { onSignOut, watchSignOut } from './api/session-state.ts'
import { ROOMS } from './rooms.ts'
import { Shell } from './shell/frame/shell.tsx'
import { loadRoom } from './shell/load-room.tsx'
import { Empty, ErrorState } from './ui/states.tsx'

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A server in the same network or on the same machine can be reached without an internet connection.
      networkMode: 'always',
      // What failed while the network was away is asked for again when it is back.
      refetchOnReconnect: true,
      refetchOnWindowFocus: false,
      // A refused request is refused again. Only a server that cannot be reached or is starting is worth another try.
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status === 503),
    },
    mutations: { networkMode: 'always' },
  },
})

onSignOut(() => queryClient.clear())
watchSignOut()

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Empty icon="search" title="This page does not exist">
      Choose another one in the navigation.
    </Empty>
  ),
})

const first = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: ROOMS[0]!.path, replace: true })
  },
})

const rooms = ROOMS.map(room =>
  createRoute({
    getParentRoute: () => root,
    path: room.path,
    component: lazyRouteComponent(() => loadRoom(room.load)),
  }),
)

const router = createRouter({
  routeTree: root.addChildren([first, ...rooms]),
  history: createHashHistory(),
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={asError(error)} onRetry={reset} />,
})

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  )
}

/** Browsers say that a module was not imported or a style sheet not preloaded, which helps no one. */
function asError(thrown: unknown): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return /import|preload/.test(error.message)
    ? new Error('This page could not be loaded. Check the connection.')
    : error
}
