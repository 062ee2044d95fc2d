/** Builds the console into `console/dist`, which the server serves at `/`. Addresses are relative, so that it works below any PUBLIC_URL. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const API = ['/companies', '/contacts', '/common', '/files', '/health', '/openapi.json', '/docs', '/admin', '/console']

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    target: 'es2023',
    // The Content-Security-Policy of the page allows neither inline scripts nor data: fonts.
    assetsInlineLimit: 0,
    // One style sheet for all rooms. One that cannot be loaded with its room would not be asked for again (vite:preloadError).
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npm run dev:console` beside a running server: changes show at once.
  server: { proxy: Object.fromEntries(API.map(path => [path, process.env.CONNECTRA_URL ?? 'http://localhost:8000'])) },
})
