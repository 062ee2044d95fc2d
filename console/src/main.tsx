import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './ui/base/tokens.css'
import './ui/base/base.css'
import { App } from './app.tsx'
import { reloadForNewBuild } from './shell/new-build.ts'
import { applyTheme } from './shell/theme.ts'

reloadForNewBuild()
applyTheme()
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
