/**
 * Puts tables where a document has places for them: `<!-- name: … -->`, anything, `<!-- end -->`.
 *
 * @throws When the document has no place of a name, so that no table is lost.
 */
export function fillPlaces(document: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const place = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n).*?(<!-- end -->)`, 's')
    if (!place.test(text)) throw new Error(`Cannot put in table "${name}": the document has no place of that name`)
    return text.replace(place, (_all, begin: string, end: string) => `${begin}\n${table}\n\n${end}`)
  }, document)
}
