import classes from './Drawing.module.css'

/** Line drawings of the empty views: one stroke width, the accent once. */
const drawings = {
  /** A hangar without a plane. */
  hangar: (
    <>
      <path d="M20 76V46a40 40 0 0 1 80 0v30" />
      <path d="M34 76V48a26 26 0 0 1 52 0v28" />
      <path d="M8 76h104" />
      <path d="M60 60v-8M56 56h8" data-accent />
      <path d="M14 84h18M52 84h16M88 84h18" data-quiet />
    </>
  ),
  /** A box with no route out of it. */
  route: (
    <>
      <rect x="10" y="30" width="34" height="34" rx="6" />
      <path d="M19 42h16M19 50h10" data-quiet />
      <path d="M52 47h10M68 47h6" data-quiet />
      <path d="m84 41 6 6-6 6" data-accent />
      <circle cx="98" cy="26" r="7" />
      <circle cx="104" cy="47" r="7" />
      <circle cx="98" cy="68" r="7" />
    </>
  ),
  /** A page with no lines. */
  page: (
    <>
      <path d="M34 14h36l16 16v50a4 4 0 0 1-4 4H34a4 4 0 0 1-4-4V18a4 4 0 0 1 4-4z" />
      <path d="M70 14v16h16" />
      <path d="M42 44h32M42 54h32M42 64h18" data-quiet />
      <path d="M88 76a9 9 0 1 0 .1 0M95 90l7 6" data-accent />
    </>
  ),
  /** Stacked parts that are not there yet. */
  parts: (
    <>
      <path d="m60 12 34 17-34 17-34-17z" />
      <path d="m26 46 34 17 34-17" data-quiet />
      <path d="m26 62 34 17 34-17" data-quiet />
      <path d="M60 29v.1" data-accent />
    </>
  ),
  /** A clock with nothing behind it. */
  clock: (
    <>
      <circle cx="60" cy="48" r="32" />
      <path d="M60 30v18l11 8" data-accent />
      <path d="M16 48H8M112 48h-8M60 92v-6M60 10V4" data-quiet />
    </>
  ),
  /** A plug out of its socket. */
  unplugged: (
    <>
      <path d="M12 48h22M34 34v28h8a14 14 0 0 0 0-28z" />
      <path d="M56 42h8M56 54h8" data-accent />
      <path d="M108 48H92M92 34v28H80V34z" />
      <path d="m62 22 4 7M74 18v8M86 22l-4 7" data-quiet />
    </>
  ),
} as const

export type DrawingName = keyof typeof drawings

export const drawingNames = ['hangar', 'route', 'page', 'parts', 'clock', 'unplugged'] as const satisfies DrawingName[]

export function Drawing({ name }: { readonly name: DrawingName }) {
  return (
    <svg className={classes.drawing} width="120" height="100" viewBox="0 0 120 100" aria-hidden="true">
      {drawings[name]}
    </svg>
  )
}
