-- Mattermost migration 87: sidebar_categories_index

CREATE INDEX idx_sidebarcategories_userid_teamid ON SidebarCategories (UserId, TeamId);
