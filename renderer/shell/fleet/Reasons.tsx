import { t } from '../../strings/t.ts'
import classes from './Fleet.module.css'
import type { PlaneActions } from './PlaneMenu.tsx'
import type { Standing } from './standing.ts'

/** More lines hide the next planes. */
const shownReasons = 3
export const reasonPx = 18

/** Lines of `Reasons`: the list of planes needs their height before it renders them. */
export const reasonLines = ({ reasons }: Pick<Standing, 'reasons'>): number =>
  Math.min(reasons.length, shownReasons) + (reasons.length > shownReasons ? 1 : 0)

interface ReasonsProps {
  readonly plane: string
  readonly standing: Standing
  readonly onOpen: PlaneActions['open']
}

/** One line for each thing that a person has to know of a plane, with the place that shows it. */
export function Reasons({ plane, standing: { kind, reasons }, onOpen }: ReasonsProps) {
  if (kind === 'healthy') return <span className={classes.reason}>{reasons[0].text}</span>
  return (
    <>
      {reasons.slice(0, shownReasons).map(({ text, place }) => (
        <button key={text} type="button" className={classes.reason} title={text} onClick={() => onOpen(plane, place)}>
          {text}
        </button>
      ))}
      {reasons.length > shownReasons && (
        <button type="button" className={classes.reason} onClick={() => onOpen(plane, { tab: 'overview' })}>
          {t('fleet.moreReasons', { count: reasons.length - shownReasons })}
        </button>
      )}
    </>
  )
}
