import { ExplorePage } from './explore-page.tsx'

export default function Contacts() {
  return <ExplorePage key="contact" service="contact" />
}
