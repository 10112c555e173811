import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { isInContext, parseCopy, parseDockerfile, type Instruction, type Stage } from './dockerfile.ts'
import { findNpm } from './find-npm.ts'
import type { PlainUser } from './plain-user.ts'

/** Folders that stand for an image, and what runs in it. */
export interface BuiltImage {
  /** The last stage, as the Dockerfile has it. */
  readonly stage: Stage
  /** Where its programs run. */
  readonly workFolder: string
  /** For all that runs in it. */
  readonly environment: Readonly<Record<string, string>>
}

interface BuiltStage {
  readonly root: string
  readonly workFolder: string
  readonly environment: Readonly<Record<string, string>>
}

interface Building {
  /** An empty folder. */
  readonly folder: string
  /** The root of the project. */
  readonly context: string
  readonly user: PlainUser
  readonly tell: (line: string) => void
}

/** Only these; another makes the whole be refused, rather than be left out. The last row says nothing of files. */
const UNDERSTOOD = [
  ['WORKDIR', 'COPY', 'RUN', 'ENV'],
  ['USER', 'VOLUME', 'EXPOSE', 'STOPSIGNAL', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD'],
].flat()

/**
 * Carries out the steps of a Dockerfile in an empty folder, as a plain user: each stage has a folder for its root.
 *
 * The base image is this process's Node with the npm that runs it, copied, so that nothing else of this machine is used.
 *
 * @throws When a step fails, or is not understood.
 */
export async function buildImage({ folder, context, user, tell }: Building): Promise<BuiltImage> {
  const stages = parseDockerfile(readFileSync(join(context, 'deploy/Dockerfile'), 'utf8'))
  const base = makeBase(join(folder, 'base'))
  const built = new Map<string, BuiltStage>()
  let last: BuiltImage | null = null
  for (const [index, stage] of stages.entries()) {
    if (!/^node:\d+-slim$/.test(stage.base)) throw new Error(`FROM ${stage.base}: only node:<major>-slim is understood`)
    const root = join(folder, stage.name ?? `stage${index}`)
    let state: BuiltStage = { root, workFolder: root, environment: { ...base, HOME: join(folder, 'home') } }
    mkdirSync(root)
    for (const step of stage.instructions) {
      tell(`${stage.name ?? 'image'}: ${step.keyword} ${step.text.slice(0, 100)}`)
      state = await carryOut(step, state, { context, user, built })
    }
    if (stage.name !== null) built.set(stage.name, state)
    last = { stage, workFolder: state.workFolder, environment: state.environment }
  }
  if (last === null) throw new Error('The Dockerfile has no FROM')
  return last
}

interface Surroundings {
  readonly context: string
  readonly user: PlainUser
  readonly built: ReadonlyMap<string, BuiltStage>
}

async function carryOut(step: Instruction, state: BuiltStage, around: Surroundings): Promise<BuiltStage> {
  if (!UNDERSTOOD.includes(step.keyword)) throw new Error(`Line ${step.line}: ${step.keyword} is not understood`)
  switch (step.keyword) {
    case 'WORKDIR': {
      const workFolder = join(isAbsolute(step.text) ? state.root : state.workFolder, step.text)
      mkdirSync(workFolder, { recursive: true })
      return { ...state, workFolder }
    }
    case 'COPY':
      copy(step, state, around)
      return state
    case 'RUN':
      await run(step, state, around.user)
      return state
    case 'ENV': {
      const [name = '', value = ''] = expectRelative(step).split('=')
      return { ...state, environment: { ...state.environment, [name]: value } }
    }
    default:
      return state
  }
}

function copy(step: Instruction, { workFolder, root }: BuiltStage, { context, user, built }: Surroundings): void {
  const { from, owner, sources, target } = parseCopy(step)
  const to = join(isAbsolute(target) ? root : workFolder, target)
  const origin = from === null ? context : built.get(from)?.root
  if (origin === undefined) throw new Error(`Line ${step.line}: there is no stage ${from}`)
  const ignore = readFileSync(join(context, '.dockerignore'), 'utf8')
  for (const source of sources) {
    if (from === null && !isInContext(ignore, source)) throw new Error(`Line ${step.line}: ${source} is ignored`)
    const file = join(origin, source)
    const isFolder = statSync(file).isDirectory()
    const copied = isFolder || !target.endsWith('/') ? to : join(to, basename(source))
    cpSync(file, copied, { recursive: true, verbatimSymlinks: true })
    if (owner !== null) user.own(copied)
  }
}

/** In Docker it runs as the user before it, mostly root: here the folder is lent to the plain one. */
async function run(step: Instruction, { workFolder, environment }: BuiltStage, user: PlainUser): Promise<void> {
  user.own(workFolder)
  mkdirSync(environment['HOME'] ?? '', { recursive: true })
  user.own(environment['HOME'] ?? '')
  const { code, output } = await user.run(['/bin/sh', '-c', expectRelative(step)], {
    cwd: workFolder,
    env: environment,
  })
  if (code !== 0) throw new Error(`Line ${step.line}: RUN ended with ${code}:\n${output}`)
}

/** There is no root to change to, so an absolute path would be this machine's. */
function expectRelative({ keyword, text, line }: Instruction): string {
  if (/(^|[\s=:])\/\w/.test(text)) throw new Error(`Line ${line}: ${keyword} names an absolute path`)
  return text
}

/** Where packages come from, and what a connection there is trusted by, is for this machine to say. */
function makeBase(folder: string): Readonly<Record<string, string>> {
  const npm = dirname(dirname(findNpm(process.env)))
  mkdirSync(join(folder, 'bin'), { recursive: true })
  copyFileSync(process.execPath, join(folder, 'bin/node'))
  cpSync(npm, join(folder, 'npm'), { recursive: true, dereference: true })
  writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\nexec node '${join(folder, 'npm/bin/npm-cli.js')}' "$@"\n`)
  chmodSync(join(folder, 'bin/npm'), 0o755)
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
  const certificates = process.env['NODE_EXTRA_CA_CERTS']
  return {
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    npm_config_registry: registry,
    ...(certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates }),
  }
}
