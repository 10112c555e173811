/**
 * Finds the name that somebody meant who wrote one that is none.
 *
 * @returns The nearest of `names` where case, dashes and underscores do not count, at most one letter away for short
 *   ones and two for others; undefined where none is so near.
 */
export function similarName(written: string, names: readonly string[]): string | undefined {
  const plain = plainOf(written)
  const near = names
    .map((name) => ({ name, letters: distance(plain, plainOf(name)), most: plainOf(name).length < 6 ? 1 : 2 }))
    .filter(({ letters, most }) => letters <= most)
  return near.sort((a, b) => a.letters - b.letters)[0]?.name
}

function plainOf(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase()
}

/** How many letters are to be put in, taken out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = at(before, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(changed, at(before, j) + 1, at(row, j - 1) + 1))
    }
    before = row
  }
  return at(before, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
