/** One import, or re-export, that a source file makes. */
export interface SourceImport {
  /** What is imported, as written: `./a.ts`, `node:fs`, `@scope/package/part`. */
  readonly specifier: string
  /** Nothing of it is left when the types are stripped. */
  readonly isTypeOnly: boolean
}

// A statement begins its line, as Prettier lays it out; no string or comment of a clause holds a quote.
const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[\w*{][^'"`;]*?\bfrom\s+)?['"]([^'"\n]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"`]([^'"`\n]+)['"`]/g
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm

/** Finds what a TypeScript source imports: statically, for its types alone, or with a dynamic `import()`. */
export function findImports(source: string): readonly SourceImport[] {
  const code = source.replaceAll(COMMENT, '')
  return [
    ...code.matchAll(STATEMENT).map(([, type, specifier = '']) => ({ specifier, isTypeOnly: type !== undefined })),
    ...code.matchAll(DYNAMIC).map(([, specifier = '']) => ({ specifier, isTypeOnly: false })),
  ]
}
