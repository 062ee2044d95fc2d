/** Builds the console into `console/dist`, which the server serves at `/`. Addresses are relative, so that it works below any PUBLIC_URL. */
import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const API = ['/companies', '/contacts', '/common', '/files', '/health', '/openapi.json', '/docs', '/admin', '/console']

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  // A class and its file, without the line that Vite adds: the scripts get smaller, and stay the same when a style moves.
  css: { modules: { generateScopedName: (name, path) => `${name}_${hashOf(relative(import.meta.dirname, path))}` } },
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

function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('base64url').slice(0, 4)
}
