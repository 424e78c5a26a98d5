import { visibleText } from '../../preload/visible-text.ts'
import classes from './CutName.module.css'

/** Names of one fleet begin alike: this many characters at the end are always shown. */
const endCharacters = 8
/** A shorter name is never cut. */
const cutFrom = 16

interface CutNameProps {
  readonly name: string
  /** How many characters at its end are always shown. */
  readonly end?: number
}

/**
 * A name on one line. If it is too long, it is cut in the middle, since names often differ at the end. The style sheet draws
 * the two parts, so that the name is in the page once: whole for screen readers, for search in the page and for copying.
 */
export function CutName({ name, end = endCharacters }: CutNameProps) {
  const characters = [...visibleText(name)]
  if (characters.length < cutFrom) return <span className={classes.whole}>{name}</span>
  const cut = characters.length - end
  return (
    <>
      <span className="hidden">{name}</span>
      <span
        className={classes.cut}
        aria-hidden
        data-start={characters.slice(0, cut).join('')}
        data-end={characters.slice(cut).join('')}
      />
    </>
  )
}
