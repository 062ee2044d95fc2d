import { ExplorePage } from './explore-page.tsx'

export default function Companies() {
  return <ExplorePage key="company" service="company" />
}
