import { createContext, useContext, useEffect, useMemo, useState } from 'react'
import { type Finder, partsOf, regexFinder, textFinder } from './highlight.ts'
import classes from './Logs.module.css'
import { searchTerms } from './queryText.ts'

/** Finds the matches of the current query. */
export const FindersContext = createContext<readonly Finder[]>([])

/** The finders of a query. Those of its regular expressions come a moment later: their engine is loaded first. */
export function useFinders(query: string): readonly Finder[] {
  const terms = useMemo(() => searchTerms(query), [query])
  const texts = useMemo(() => textFinder(terms), [terms])
  const [regexes, setRegexes] = useState<{ readonly terms: typeof terms; readonly finder: Finder }>()
  useEffect(() => {
    if (terms.every(({ kind }) => kind !== 'regex')) return
    let isCurrent = true
    void regexFinder(terms).then((finder) => {
      if (isCurrent) setRegexes({ terms, finder })
    })
    return () => {
      isCurrent = false
    }
  }, [terms])
  return useMemo(() => (regexes?.terms === terms ? [texts, regexes.finder] : [texts]), [texts, regexes, terms])
}

/** A text in which the matches of the query are marked. */
export function Marked({ text }: { readonly text: string }) {
  const parts = partsOf(text, useContext(FindersContext))
  // In a fragment, so that hidden characters of the parts become visible marks.
  return (
    <>
      {parts.map((part, at) =>
        part.isMatch ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other identity
          <mark key={at} className={classes.mark}>
            {part.text}
          </mark>
        ) : (
          part.text
        ),
      )}
    </>
  )
}
