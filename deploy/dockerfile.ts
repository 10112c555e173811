/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In capitals. */
  readonly keyword: string
  /** What follows it, on one line. */
  readonly text: string
  readonly line: number
}

/** A part of a Dockerfile, from one FROM to the next. */
export interface Stage {
  /** The image that it stands on. */
  readonly base: string
  /** What later stages call it; null for one that has no name. */
  readonly name: string | null
  readonly instructions: readonly Instruction[]
}

/** What a COPY copies. */
export interface CopyStep {
  /** The stage that it copies from; null for the folder that is built. */
  readonly from: string | null
  readonly owner: string | null
  readonly sources: readonly string[]
  readonly target: string
}

/** @throws When something stands before the first FROM. */
export function parseDockerfile(source: string): readonly Stage[] {
  const stages: (Stage & { readonly instructions: Instruction[] })[] = []
  for (const instruction of instructionsOf(source)) {
    if (instruction.keyword === 'FROM') {
      const [base = '', , name = null] = instruction.text.split(/\s+/)
      stages.push({ base, name, instructions: [] })
      continue
    }
    const stage = stages.at(-1)
    if (stage === undefined) throw new Error(`Line ${instruction.line}: ${instruction.keyword} stands before FROM`)
    stage.instructions.push(instruction)
  }
  return stages
}

/** @throws When it has a flag that is not understood here. */
export function parseCopy({ text, line }: Instruction): CopyStep {
  const words = text.split(/\s+/)
  const flags = new Map(words.filter((word) => word.startsWith('--')).map((word) => flagOf(word)))
  const paths = words.filter((word) => !word.startsWith('--'))
  const target = paths.pop()
  for (const flag of flags.keys()) {
    if (flag !== 'from' && flag !== 'chown') throw new Error(`Line ${line}: COPY --${flag} is not understood`)
  }
  if (target === undefined || paths.length === 0) throw new Error(`Line ${line}: COPY needs a source and a target`)
  return { from: flags.get('from') ?? null, owner: flags.get('chown') ?? null, sources: paths, target }
}

/**
 * Parses the exec form of CMD, ENTRYPOINT and HEALTHCHECK.
 *
 * @throws When it is the shell form: a shell between would keep signals from the program.
 */
export function parseExec({ keyword, text, line }: Instruction): readonly string[] {
  const words: unknown = text.startsWith('[') ? JSON.parse(text) : null
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words
  throw new Error(`Line ${line}: ${keyword} has to be a JSON list of words, as no shell is there to read it`)
}

/** The last of its keyword counts; undefined where there is none. */
export function lastOf({ instructions }: Stage, keyword: string): Instruction | undefined {
  return instructions.findLast((each) => each.keyword === keyword)
}

/** The health check's command, without the flags before it. @throws As `parseExec`, and where there is none. */
export function parseHealthcheck(stage: Stage): readonly string[] {
  const check = lastOf(stage, 'HEALTHCHECK')
  if (check === undefined) throw new Error('The Dockerfile has no HEALTHCHECK')
  return parseExec({ ...check, text: check.text.replace(/^(--\S+\s+)*CMD\s+/, '') })
}

/**
 * Whether a file is handed to the builder.
 *
 * @param ignore A .dockerignore that leaves out everything, and then names what is let in.
 * @throws When it is of another shape.
 */
export function isInContext(ignore: string, path: string): boolean {
  const [everything, ...patterns] = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const allowed = patterns.filter((line) => /^![\w.-]+$/.test(line)).map((line) => line.slice(1))
  if (everything !== '*' || allowed.length < patterns.length)
    throw new Error('.dockerignore is no list of what is let in')
  return allowed.includes(path.replace(/^\.\//, '').split('/')[0] ?? '')
}

function instructionsOf(source: string): readonly Instruction[] {
  const instructions: Instruction[] = []
  let begun: Instruction | null = null
  for (const [index, raw] of source.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue
    const text = raw.trim().replace(/\\$/, '').trim()
    const [keyword = '', ...words] = text.split(/\s+/)
    const whole: Instruction =
      begun === null
        ? { keyword: keyword.toUpperCase(), text: text.slice(keyword.length).trim(), line: index + 1 }
        : { ...begun, text: `${begun.text} ${text}` }
    begun = raw.trimEnd().endsWith('\\') ? whole : null
    if (begun === null) instructions.push({ ...whole, text: whole.text.trim() })
    else if (words.length === 0 && keyword === '') throw new Error(`Line ${index + 1} continues nothing`)
  }
  return instructions
}

function flagOf(word: string): readonly [string, string] {
  const [name = '', value = ''] = word.slice(2).split('=')
  return [name, value]
}
