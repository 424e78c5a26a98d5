import type { Level } from '../../preload/contract/logs.ts'
import classes from './Logs.module.css'
import { levelTone } from './levels.ts'

/** A level in its colour; a dash where there is none. */
export function LevelLabel({ level }: { readonly level: Level | null }) {
  return (
    <span data-tone={level === null ? 'idle' : levelTone[level]} className={classes.level}>
      {level ?? '–'}
    </span>
  )
}
