import { posix } from 'node:path'
import { findImports, type SourceImport } from './source-imports.ts'

/** What the files of one folder of `src` may import, beside each other. */
export interface LayerRule {
  readonly layers: readonly string[]
  /** Layers of which only types may be imported. */
  readonly typesOf?: readonly string[]
  /** npm packages; a name that ends in `/` stands for all of a scope. */
  readonly packages: readonly string[] | 'any'
  /** npm packages of which only types may be imported. */
  readonly typesOfPackages?: readonly string[]
  /** False where nothing of Node may be used, so that the code stays pure. */
  readonly node: boolean
}

const INNER = [
  'domain',
  'bandwidth',
  'formats',
  'events',
  'commands',
  'projections',
  'audit',
  'archives',
  'identity',
  'access',
  'addresses',
  'following',
  'webhooks',
  'messages',
  'torrents',
  'reactors',
  'graphql',
  'telemetry',
]

/** The layers, innermost first: ARCHITECTURE.md draws the same. */
export const LAYERS: Readonly<Record<string, LayerRule>> = {
  domain: { layers: [], packages: [], node: false },
  bandwidth: { layers: ['domain'], packages: [], node: true },
  formats: { layers: ['domain'], packages: ['@bufbuild/protobuf', 'bencode'], node: true },
  events: { layers: ['domain'], packages: ['better-sqlite3', 'canonicalize', 'kysely', 'uuid'], node: true },
  commands: { layers: ['domain', 'events'], packages: ['canonicalize', 'uuid'], node: true },
  projections: { layers: ['domain', 'events'], packages: ['kysely'], node: false },
  audit: { layers: ['domain', 'formats', 'events', 'projections'], packages: [], node: true },
  archives: { layers: ['domain', 'formats'], packages: ['@bufbuild/protobuf', '@noble/hashes'], node: true },
  identity: { layers: ['domain'], packages: [], node: true },
  addresses: { layers: ['domain'], packages: [], node: true },
  access: { layers: ['domain'], typesOf: ['events', 'graphql'], packages: ['jose'], node: true },
  following: { layers: ['domain', 'addresses'], packages: ['graphql-ws', 'ws'], node: true },
  webhooks: { layers: ['domain', 'addresses'], packages: ['better-sqlite3'], node: true },
  messages: { layers: ['domain', 'formats'], packages: ['better-sqlite3'], node: true },
  torrents: {
    layers: ['domain', 'addresses', 'bandwidth', 'formats'],
    packages: ['bencode', 'bittorrent-protocol', 'bittorrent-tracker', 'webtorrent', 'ws'],
    node: true,
  },
  reactors: { layers: ['domain'], typesOf: ['events'], packages: [], node: true },
  graphql: {
    layers: ['domain', 'projections', 'commands', 'audit'],
    typesOf: ['events'],
    packages: [
      '@graphql-yoga/',
      '@pothos/',
      'dataloader',
      'graphql',
      'graphql-ws',
      'graphql-yoga',
      'rate-limiter-flexible',
      'ws',
    ],
    typesOfPackages: ['kysely'],
    node: true,
  },
  telemetry: {
    layers: ['domain'],
    typesOf: ['events', 'commands', 'reactors', 'graphql'],
    packages: ['@opentelemetry/', 'pino', 'pino-pretty', 'prom-client'],
    node: true,
  },
  app: { layers: INNER, packages: 'any', node: true },
  cli: { layers: ['domain', 'app'], packages: ['cli-progress', 'commander', 'smol-toml'], node: true },
  main: { layers: ['cli', 'app'], packages: [], node: true },
}

const ROOT_FILES: Readonly<Record<string, string>> = {
  'src/main.ts': 'main',
  'src/app.ts': 'app',
}

/** npm packages that one layer keeps from all others, also from those that may use any. */
const KEPT: Readonly<Record<string, string>> = { '@opentelemetry/': 'telemetry', 'prom-client': 'telemetry' }

/** The layer of a file, by its path from the root of the project; undefined where it belongs to none. */
export function layerOf(file: string): string | undefined {
  const [, folder = ''] = /^src\/([^/]+)\//.exec(file) ?? []
  const layer = ROOT_FILES[file] ?? folder
  return layer in LAYERS ? layer : undefined
}

/** The file that a relative import names, by its path from the root of the project. */
export function resolveImport(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier)
}

/**
 * Finds the imports of a file that its layer forbids.
 *
 * @param file Its path from the root of the project, with `/`.
 * @returns One sentence for each; none where all is well.
 */
export function findForbiddenImports(file: string, source: string): readonly string[] {
  const layer = layerOf(file)
  const rule = layer === undefined ? undefined : LAYERS[layer]
  if (layer === undefined || rule === undefined) return [`${file} is in no layer`]
  return findImports(source)
    .filter((each) => !isAllowed(each, file, layer, rule))
    .map(({ specifier, isTypeOnly }) => `${file} may not import ${isTypeOnly ? 'types of ' : ''}${specifier}`)
}

function isAllowed({ specifier, isTypeOnly }: SourceImport, file: string, layer: string, rule: LayerRule): boolean {
  if (specifier.startsWith('node:')) return rule.node || isTypeOnly
  if (specifier.startsWith('.')) {
    const target = layerOf(resolveImport(file, specifier))
    if (target === undefined) return layer === 'app' && specifier.endsWith('.json')
    return target === layer || rule.layers.includes(target) || (isTypeOnly && (rule.typesOf ?? []).includes(target))
  }
  const [kept] = Object.keys(KEPT).filter((name) => names([name], specifier))
  if (kept !== undefined) return KEPT[kept] === layer
  if (rule.packages === 'any') return true
  return names(rule.packages, specifier) || (isTypeOnly && names(rule.typesOfPackages ?? [], specifier))
}

function names(packages: readonly string[], specifier: string): boolean {
  return packages.some((name) => specifier === name || specifier.startsWith(name.endsWith('/') ? name : `${name}/`))
}
