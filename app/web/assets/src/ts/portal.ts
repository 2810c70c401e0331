// Pages of citizens.

import { startComponents } from "./govuk";
import { startIslands } from "./island";

startComponents(document.documentElement);
startIslands(document);
