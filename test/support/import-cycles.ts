/**
 * Finds a circle of imports.
 *
 * @param imports Which files each file imports.
 * @returns The files of one circle, the first of them again at the end; null where there is none.
 */
export function findImportCycle(imports: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const finished = new Set<string>()
  const path: string[] = []

  function visit(file: string): readonly string[] | null {
    if (finished.has(file)) return null
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    path.push(file)
    for (const imported of imports.get(file) ?? []) {
      const cycle = visit(imported)
      if (cycle !== null) return cycle
    }
    path.pop()
    finished.add(file)
    return null
  }

  for (const file of imports.keys()) {
    const cycle = visit(file)
    if (cycle !== null) return cycle
  }
  return null
}
