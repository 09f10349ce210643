const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const MOST_DAYS = 1_000;

/**
 * Like `date.toISOString()` in a fifth of the time: a large answer has tens of thousands of dates, all of a few days.
 */
export function createIsoDate(): (date: Date) => string {
  const days = new Map<number, string>();
  const minutes = numbered(1_440, (minute) => `${padded(Math.floor(minute / 60), 2)}:${padded(minute % 60, 2)}:`);
  const seconds = numbered(60, (second) => `${padded(second, 2)}.`);
  const milliseconds = numbered(1_000, (millisecond) => `${padded(millisecond, 3)}Z`);

  /** Includes the trailing `T`. */
  function dayOf(day: number, date: Date): string {
    let text = days.get(day);
    if (text === undefined) {
      text = date.toISOString().slice(0, -'00:00:00.000Z'.length);
      if (days.size === MOST_DAYS) days.clear();
      days.set(day, text);
    }
    return text;
  }

  return (date) => {
    const time = date.getTime();
    const day = Math.floor(time / DAY_MS);
    const ofDay = time - day * DAY_MS;
    const minute = Math.floor(ofDay / MINUTE_MS);
    const ofMinute = ofDay - minute * MINUTE_MS;
    const second = Math.floor(ofMinute / SECOND_MS);
    return `${dayOf(day, date)}${minutes[minute]}${seconds[second]}${milliseconds[ofMinute - second * SECOND_MS]}`;
  };
}

function numbered(count: number, text: (number: number) => string): readonly string[] {
  return Array.from({ length: count }, (_, number) => text(number));
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
