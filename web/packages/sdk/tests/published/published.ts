/** The package as it would be published, in a folder of its own, and a project that has installed it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url))
/** Where Node's own npm is; under `npm test` it is named in the environment. */
const NPM = join(process.execPath, '..', '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js')
const INSTALLED = ['react', 'csstype', '@types/react'] as const

export interface Ran {
  readonly ok: boolean
  readonly output: string
  readonly stdout: string
}

export class Published {
  readonly folder = mkdtempSync(join(tmpdir(), 'diorama-sdk-'))
  /** What `npm publish` would be run in. */
  readonly package = join(this.folder, 'package')
  /** A project that depends on it. */
  readonly consumer = join(this.folder, 'consumer')

  constructor() {
    const types = join(this.package, 'dist', 'types')
    this.must([tool('vite/bin/vite.js'), 'build', '--outDir', join(this.package, 'dist')])
    this.must([tool('typescript/bin/tsc'), '-p', 'tsconfig.types.json', '--outDir', types])
    this.must(['scripts/inline-types.mjs', types])
    for (const name of ['package.json', 'README.md', 'LICENSE']) {
      cpSync(join(PACKAGE, name), join(this.package, name))
    }
    this.install()
  }

  /** Runs Node with these arguments in the consumer's folder. */
  node(...args: string[]): Ran {
    return run(this.consumer, args)
  }

  /** Checks the types of these files, by name, as a project with this module resolution does. */
  typecheck(files: Readonly<Record<string, string>>, resolution: 'bundler' | 'nodenext'): Ran {
    for (const [name, text] of Object.entries(files)) write(this.consumer, name, text)
    const config = `tsconfig.${resolution}.json`
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      module: resolution === 'bundler' ? 'esnext' : 'nodenext',
      moduleResolution: resolution,
      jsx: 'react-jsx',
      strict: true,
      noEmit: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      types: [],
    }
    const project = { compilerOptions, files: Object.keys(files) }
    write(this.consumer, config, JSON.stringify(project))
    return this.node(tool('typescript/bin/tsc'), '-p', config)
  }

  pack(): Ran {
    const npm = process.env['npm_execpath'] ?? NPM
    return run(this.package, [
      npm,
      ...['pack', '--dry-run', '--json', '--ignore-scripts'],
      ...['--cache', join(this.folder, 'npm-cache')], // a user without a home has no place for one
    ])
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  private install(): void {
    const modules = join(this.consumer, 'node_modules')
    mkdirSync(join(modules, '@diorama'), { recursive: true })
    mkdirSync(join(modules, '@types'), { recursive: true })
    cpSync(this.package, join(modules, '@diorama', 'sdk'), { recursive: true })
    for (const name of INSTALLED) symlinkSync(join(MODULES, name), join(modules, name))
    write(this.consumer, 'package.json', JSON.stringify({ type: 'module', private: true }))
  }

  private must(args: string[]): void {
    const ran = run(PACKAGE, args)
    if (!ran.ok) throw new Error(`node ${args.join(' ')}\n${ran.output}`)
  }
}

function write(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), text)
}

function tool(path: string): string {
  return join(MODULES, path)
}

function run(cwd: string, args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  return { ok: status === 0, output: stdout + stderr, stdout }
}
