/** What a browser gets at `/`: the console or, if that is not built, a page that says so. Others get the error of an unknown path. */
import { createHash } from 'node:crypto'
import { packageJson } from '../../package-json.ts'
import { pathOf } from '../error-reply.ts'
import type { App } from '../parts.ts'
import type { Page } from './console.ts'
import type { Health } from './health.ts'

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
pre { padding: .75rem 1rem; overflow-x: auto; border: 1px solid #8885; border-radius: 6px; }
table { border-collapse: collapse; }
td { padding: .1rem 1.5rem .1rem 0; }
.ok { color: #2a8a3e; }
.starting, .down { color: #c0392b; }
`

/** Nothing is loaded, and nothing runs. */
const CSP = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Has to run before the check of the API key. It is not a route, because other clients find nothing at this path. */
export function welcomeBrowsers(
  app: App,
  readConsole: () => Promise<Page | null>,
  readHealth: () => Promise<Health>,
): void {
  app.addHook('onRequest', async (request, reply) => {
    if ((request.method !== 'GET' && request.method !== 'HEAD') || pathOf(request.url) !== '/') return
    reply.header('Vary', 'Accept')
    if (!prefersHtml(request.headers.accept)) return
    reply.header('Referrer-Policy', 'no-referrer').type('text/html; charset=utf-8')
    const page = await readConsole()
    if (page !== null)
      return reply.header('Content-Security-Policy', page.policy).header('Cache-Control', 'no-cache').send(page.html)
    reply.header('Content-Security-Policy', CSP).header('Cache-Control', 'no-store')
    return reply.send(pageOf(await readHealth()))
  })
}

/** Browsers name HTML first. curl and HTTP libraries accept anything or ask for JSON. */
function prefersHtml(accept = ''): boolean {
  const html = accept.indexOf('text/html')
  const json = accept.indexOf('application/json')
  return html >= 0 && (json < 0 || html < json)
}

/** Links are relative, so that they also work below the path of a PUBLIC_URL. */
function pageOf({ parts, problem }: Health): string {
  const rows = Object.entries(parts).map(
    ([name, { status }]) =>
      `<tr><td>${escapeHtml(name)}</td><td class="${escapeHtml(status)}">${escapeHtml(status)}</td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Connectra</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Connectra</h1>
<p>This server stores companies and contacts, searches them by any field, and imports and exports files.
It is version ${escapeHtml(packageJson.version)}${problem === '' ? ' and ready for requests' : `. It is not ready yet: ${escapeHtml(problem)}`}.</p>
<ul>
<li><a href="docs">API reference</a>: all endpoints, with examples to try</li>
<li><a href="openapi.json">OpenAPI document</a>, for tools</li>
<li><a href="health">Health</a> as JSON</li>
</ul>
<p>The console, a user interface for the browser, is not built. To build it, run <code>npm run build:console</code> in the folder
of Connectra, and load this page again.</p>
<h2>First steps</h2>
<p>Every request needs an API key. The first start of the server saves one in its data directory, in <code>data/api-key</code>
by default. On that machine, in the folder of Connectra, import two example files:</p>
<pre>npx connectra import examples/contacts-apollo.csv examples/companies-sp500.csv</pre>
<p>Then count the contacts in Germany. Replace <code>localhost:8000</code> with the address of this page:</p>
<pre>curl http://localhost:8000/contacts/count \\
  -H "Authorization: Bearer $(cat data/api-key)" \\
  -d '{"where": {"keyword_match": {"must": {"country": "germany"}}}}'</pre>
<p>The file <code>README.md</code> continues with searches, filters and exports.</p>
<h2>Parts</h2>
<table>${rows.join('')}</table>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, letter => `&#${letter.charCodeAt(0)};`)
}
