export interface BaseRecord {
  readonly arn: string;
  /** Rises with each record made: the order of every List, and what its tokens point at. */
  readonly sequence: number;
  readonly bornAt: number;
}
