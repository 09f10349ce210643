/** ECS reads late: what was seen once is gone only when it is missing for so many looks in a row. */
export const ABSENCES_TO_BELIEVE = 2;
