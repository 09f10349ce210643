/** The first page of the docs panel, in Markdown. A link to `#tab=Name` opens the tab of that name. */
export const START_PAGE = `### Start here

**See** what runs: [\`clusters\`](#tab=Dashboard), [where tasks run](#tab=Placement), [why they stopped](#tab=Failures)

**Follow** it live: [a deployment](#tab=Deploy), [a service's events](#tab=Follow)

**Change** it: [scale a service](#tab=Scale)

| To find | Field of Query |
| --- | --- |
| everything, from the top | \`clusters\` |
| one service, task, instance | \`service\`, \`task\`, \`containerInstance\` |
| something by name | \`search\` |
| totals of the fleet | \`overview\` |
| any object by its \`id\` | \`node\` |

Ctrl-Enter runs, Ctrl-Space completes. The events of a subscription are listed below the editors; a subscription goes on while you are in another tab.
`;
