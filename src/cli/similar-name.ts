/**
 * Finds the name that somebody meant who wrote one that is none.
 *
 * @returns The nearest of `names` where case, dashes and underscores do not count: one slip away, or two for names of eight
 *   letters and more; undefined where none is so near.
 */
export function similarName(written: string, names: readonly string[]): string | undefined {
  const plain = plainOf(written)
  const near = names
    .map((name) => ({ name, slips: distance(plain, plainOf(name)), most: plainOf(name).length < 8 ? 1 : 2 }))
    .filter(({ slips, most }) => slips <= most)
  return near.sort((a, b) => a.slips - b.slips)[0]?.name
}

function plainOf(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase()
}

/** How many letters are to be put in, taken out, changed or swapped with the next (Damerau-Levenshtein, each place once). */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)]
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwapped ? at(i - 2, j - 2) + 1 : Infinity
      row.push(Math.min(changed, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1))
    }
  }
  return at(a.length, b.length)
}
