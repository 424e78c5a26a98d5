import { visibleText } from '../../preload/visible-text.ts'
import classes from './CutName.module.css'

/** Names of one fleet begin alike: this many characters at the end are always shown. */
const endCharacters = 8
/** A shorter name is never cut. */
const cutFrom = 16

/**
 * A name on one line. If it is too long, it is cut in the middle, since names often differ at the end. The style sheet draws
 * the two parts, so that the name is in the page once: whole for screen readers, for search in the page and for copying.
 */
export function CutName({ name }: { readonly name: string }) {
  const characters = [...visibleText(name)]
  if (characters.length < cutFrom) return <span className={classes.whole}>{name}</span>
  return (
    <>
      <span className="hidden">{name}</span>
      <span
        className={classes.cut}
        aria-hidden
        data-start={characters.slice(0, -endCharacters).join('')}
        data-end={characters.slice(-endCharacters).join('')}
      />
    </>
  )
}
