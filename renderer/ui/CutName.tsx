import classes from './CutName.module.css'

/** Names of one fleet begin alike: this many characters at the end are always shown. */
const endCharacters = 8
/** A shorter name is never cut. */
const cutFrom = 16

/** A name on one line. If it is too long, it is cut in the middle, since names often differ at the end. */
export function CutName({ name }: { readonly name: string }) {
  if (name.length < cutFrom) return <span className={classes.whole}>{name}</span>
  return (
    <>
      <span className="hidden">{name}</span>
      <span className={classes.cut} aria-hidden>
        <span className={classes.start} data-cut>
          {name.slice(0, -endCharacters)}
        </span>
        <span className={classes.end}>{name.slice(-endCharacters)}</span>
      </span>
    </>
  )
}
