import classes from './Wordmark.module.css'

/** The mark alone: an aircraft in the arch of a hangar. */
function Mark({ size }: { readonly size: number }) {
  return (
    <svg className={classes.mark} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d="M3.25 20.5v-8.25a8.75 8.75 0 0 1 17.5 0v8.25" className={classes.arch} />
      <path d="M12 8.2 16.9 19 12 16.6 7.1 19z" className={classes.aircraft} />
    </svg>
  )
}

/** Mark and name, drawn in one stroke width; each A is the arch. */
export function Wordmark() {
  return (
    <span className={classes.wordmark}>
      <Mark size={22} />
      <svg width="82" height="14" viewBox="0 0 94 16" aria-hidden="true" className={classes.letters}>
        <path d="M1.5 1.5v13M11.5 1.5v13M1.5 8h10" />
        <path d="M17.5 14.5V7a5.5 5.5 0 0 1 11 0v7.5M17.5 10.2h11" />
        <path d="M34.5 14.5v-13l10 13v-13" />
        <path d="M60.5 3.6A6.5 6.5 0 1 0 61.6 9H56.5" />
        <path d="M67.5 14.5V7a5.5 5.5 0 0 1 11 0v7.5M67.5 10.2h11" />
        <path d="M84.5 14.5v-13h4.2a3.7 3.7 0 0 1 0 7.4h-4.2M88.6 8.9l4 5.6" />
      </svg>
    </span>
  )
}
