import type { ReactNode } from 'react'
import classes from './KpiTile.module.css'
import { sparkline } from './sparkline.ts'

export interface KpiTileProps {
  readonly title: string
  /** With its unit. */
  readonly figure: ReactNode
  readonly note?: ReactNode
  /** Oldest first; drawn from two values on. */
  readonly trend?: readonly number[]
  /** What the trend shows, for screen readers. */
  readonly trendLabel?: string
}

const width = 72
const height = 28

/** One figure with its unit, and how it developed. */
export function KpiTile({ title, figure, note, trend = [], trendLabel }: KpiTileProps) {
  return (
    <div className={classes.tile}>
      <div className={classes.title}>{title}</div>
      <div className={classes.line}>
        <div className={classes.figure}>{figure}</div>
        {trend.length > 1 && (
          <svg
            className={classes.trend}
            width={width}
            height={height}
            viewBox={`0 0 ${width} ${height}`}
            role="img"
            aria-label={trendLabel}
          >
            <path d={sparkline(trend, width, height)} />
          </svg>
        )}
      </div>
      {note !== undefined && <div className={classes.note}>{note}</div>}
    </div>
  )
}
