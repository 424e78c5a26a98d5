import { createContext, useContext } from 'react'
import { type TimeFormat, timeFormat } from '../lib/time.ts'

/** The times of every view, in the zone of the settings. */
export const TimeFormatContext = createContext<TimeFormat>(timeFormat('local'))

export const useTimeFormat = (): TimeFormat => useContext(TimeFormatContext)
