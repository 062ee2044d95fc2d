/**
 * `npm run test:clients -- [--seconds N] [--seed N]`: lints the OpenAPI document, generates clients for TypeScript and Python from
 * it, compiles them, uses them on a real server, and sends that server random requests for N seconds. The tools are installed
 * from npm and PyPI into a temporary directory; it needs python3 with venv.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openApiDocument } from '../../src/http/documents.ts'
import { run } from './run.ts'
import { startServer } from './start-server.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
})
const EXAMPLES = join(import.meta.dirname, '../../examples')

/** The checks of the fuzzer. That it sends a request the document does not allow, and gets a reply, is no failure. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'allow_header_conformance',
  'ignored_auth',
]

const directory = await mkdtemp(join(tmpdir(), 'connectra-clients-'))
const bin = (name: string) => join(directory, 'node_modules/.bin', name)
const python = (name: string) => join(directory, 'venv/bin', name)
const step = async (name: string, command: string, ...args: string[]) => await run(name, command, args, { directory })

try {
  await cp(import.meta.dirname, directory, { recursive: true, filter: path => !path.includes('node_modules') })
  await mkdir(join(directory, 'generated'))
  await writeFile(join(directory, 'generated/__init__.py'), '')
  await writeFile(join(directory, 'openapi.json'), await openApiDocument())
  await Promise.all([installNodeTools(), installPythonTools()])
  await lint()
  await generateAndCompile()
  const server = await startServer(join(directory, 'data'))
  try {
    const access = [server.url, server.key]
    await step('tour with openapi-typescript', process.execPath, 'tours/openapi-fetch.ts', ...access, EXAMPLES)
    await step('tour with hey-api', process.execPath, 'tours/hey-api.ts', ...access)
    await step('tour with openapi-python-client', python('python'), '-m', 'tours.tour', ...access)
    await fuzz(server)
  } finally {
    await server.stop()
  }
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
}

async function installNodeTools(): Promise<void> {
  await step('install npm packages', 'npm', 'ci', '--ignore-scripts', '--loglevel=error')
}

async function installPythonTools(): Promise<void> {
  await step('create a Python environment', 'python3', '-m', 'venv', 'venv')
  await step('install Python packages', python('pip'), 'install', '--quiet', '--requirement', 'requirements.txt')
}

async function lint(): Promise<void> {
  await step('redocly', bin('redocly'), 'lint', '--config=redocly.yaml', 'openapi.json')
  await step('spectral', bin('spectral'), 'lint', '--ruleset=spectral.yaml', '--fail-severity=hint', 'openapi.json')
}

async function generateAndCompile(): Promise<void> {
  await step(
    'openapi-typescript',
    bin('openapi-typescript'),
    'openapi.json',
    '--output=generated/openapi-typescript.d.ts',
  )
  await step('hey-api', bin('openapi-ts'))
  const output = ['--output-path=generated/python', '--meta=none', '--fail-on-warning']
  await step('openapi-python-client', python('openapi-python-client'), 'generate', '--path=openapi.json', ...output)
  await step('tsc', bin('tsc'), '--project', '.')
  await step('mypy', python('mypy'), '--config-file=mypy.ini', 'generated/python', 'tours/tour.py')
}

async function fuzz({ url, key }: { readonly url: string; readonly key: string }): Promise<void> {
  await step(
    `schemathesis, ${values.seconds} seconds`,
    python('schemathesis'),
    '--config-file=schemathesis.toml',
    'run',
    'openapi.json',
    `--url=${url}`,
    `--header=Authorization: Bearer ${key}`,
    `--max-time=${values.seconds}`,
    `--seed=${values.seed}`,
    `--checks=${CHECKS.join(',')}`,
    '--continue-on-failure',
    '--warnings=off',
  )
}
